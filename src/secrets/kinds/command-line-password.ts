import { defineSecret } from '../../core/secret.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isPlaceholder, isReference } from '../values.ts'
import { isCommonPassword } from '../weak-passwords.ts'
import { isWordy } from '../words.ts'

/** Passwords that well-known commands take without a telling name: chpasswd, sshpass, curl -u, docker login -p, mysql -p. */
export default defineSecret({
  id: 'command-line-password',
  label: 'password on a command line',
  keywords: ['chpasswd', 'sshpass', 'curl ', 'docker login', 'mysql '],
  pattern:
    /\becho\s{1,4}(?:-\w{1,3}\s{1,4})?["']?[a-z_][\w-]{0,31}:(?<secret>[^\s"'|:]{1,128})["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?chpasswd|\bsshpass\s{1,4}-p\s{0,4}["']?(?<secret>[^\s"']{1,128})|\bcurl\s[^|;&\n]{0,200}?(?:-u|--user)[\s=]{1,4}["']?[\w.@-]{1,64}:(?<secret>[^\s"'|]{1,128})|\bdocker\s{1,4}login\s[^|;&\n]{0,200}?-p\s{1,4}["']?(?<secret>[^\s"'|;&]{1,128})|\bmysql\s[^|;&\n]{0,100}?\s-p(?<secret>[^\s"'|;&-][^\s"'|;&]{2,63})/,
  longest: 420,
  grade(value) {
    if (isReference(value) || value.startsWith('$') || value.startsWith('%')) return null
    if (isCommonPassword(value)) return 'weak'
    if (isPlaceholder(value)) return null
    return isWordy(value) || value.length < 8 ? 'weak' : 'contextual'
  },
  sample: (random) => `echo "root:${pick(random, ALPHANUMERIC, 18)}" | chpasswd`,
})
