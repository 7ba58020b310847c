import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { BASE64, pick } from '../samples.ts'
import { characterClasses, entropyPerCharacter } from '../values.ts'
import { isWordy } from '../words.ts'

const NAMED = /(?:aws|amazon|s3|minio|r2|access).{0,24}secret|secret[_ .-]?(?:access[_ .-]?)?key|aws.{0,40}$/i

export default defineSecret({
  id: 'aws-secret-access-key',
  label: 'AWS secret access key',
  keywords: ['secret', 'aws'],
  pattern: /(?<![A-Za-z0-9/+_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/,
  longest: 128,
  grade(value, { name = '', before }) {
    if (!NAMED.test(name) && !NAMED.test(before)) return null
    if (value.toUpperCase().endsWith('EXAMPLEKEY')) return 'fake'
    if (/^[0-9a-f]+$/i.test(value) || characterClasses(value) < 3 || isWordy(value)) return null
    return entropyPerCharacter(value) >= 4 ? 'contextual' : null
  },
  sample(random) {
    for (;;) {
      const value = pick(random, BASE64, 40)
      if (characterClasses(value) >= 3 && entropyPerCharacter(value) >= 4.2) return value
    }
  },
  revoke: revocation('aws-secret-access-key'),
})
