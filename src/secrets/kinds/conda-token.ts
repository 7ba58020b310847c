import { defineSecret } from '../../core/secret.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { looksGenerated } from '../values.ts'

/** `https://host/t/<token>/channel`, as .condarc and environment.yml name private channels. */
export default defineSecret({
  id: 'conda-token',
  label: 'conda channel token',
  keywords: ['/t/'],
  pattern: /https?:\/\/[A-Za-z0-9.:-]{4,100}\/t\/(?<secret>[A-Za-z0-9_-]{16,80})(?=\/)/,
  longest: 196,
  grade: (value) => (looksGenerated(value, 16) ? 'contextual' : null),
  sample: (random) => `https://conda.internal/t/${pick(random, ALPHANUMERIC, 36)}/channel`,
})
