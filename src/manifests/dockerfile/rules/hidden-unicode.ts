import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'

export default defineRule({
  id: 'dockerfile/hidden-unicode',
  reads: 'dockerfile',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['hidden-unicode'],
  title: 'Characters that nobody sees change what the file says',
  why: 'Controls of writing direction and characters without width let a line look harmless in an editor and a review while the build runs another: a changed address, a command in what seems a comment.',
  how: 'Delete the characters; an editor that shows code points, or `grep -nP "[\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2069}]"`, finds them. Ask how they came in.',
  fine: 'Text in a script that needs them; such characters are not reported.',
  controls: ['NIST-800-190:4.1.3'],
  refs: ['CWE-1007', 'https://trojansource.codes/'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install req\u200buests\n',
        good: 'FROM python:3.12\n# \u0634\u0644\u0648\u0645 \u200f(RTL) \u{1f468}\u200d\u{1f4bb}\nRUN pip install requests\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\n# check \u202e}dewolla fi{ the user\nUSER 1000\n',
        good: '\ufeffFROM python:3.12\n# check the user\nUSER 1000\n',
      },
    },
  ],
  check(dockerfile, report) {
    for (const { span, codes, count } of dockerfile.hidden ?? []) {
      const names = codes.map((code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`).join(', ')
      report({
        at: { path: dockerfile.path, span },
        message: `${count === 1 ? 'A character' : `${count} characters`} that nobody sees ${count === 1 ? 'stands' : 'stand'} in this line: ${names}`,
        subject: dockerfile.path,
        key: `codes[${names}]`,
        label: codes.some((code) => (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
          ? 'what follows is shown in another order'
          : 'hidden here',
        fix: manualFix('Delete the hidden characters', `Delete ${names} from the line, and look at what it then says.`),
      })
    }
  },
})
