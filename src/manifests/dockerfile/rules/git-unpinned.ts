import { defineRule, type Report } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import type { Severity } from '../../../core/severity.ts'
import { packageInstalls, textOf } from '../../../formats/shell/meaning.ts'
import { type BuildStage, buildOf, placeIn, supplySeverity } from '../build.ts'
import { clonesBuilt, isTag } from '../git-clones.ts'
import { shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/git-unpinned',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['pip-git-unpinned', 'git-clone-unpinned'],
  title: 'Code is built from git without naming its commit',
  why: 'Each build takes what the branch holds on that day, or what its tag was moved to: whoever can push there, or takes the account over, gets code into the image, and the same Dockerfile no longer gives the same image.',
  how: 'Name the commit: `pip install "git+https://host/repo@<40 hex digits>"`, or `git checkout <commit>` after the clone. Better a release by its version, with a hash.',
  fine: 'A nightly build that is meant to follow the branch.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-829', 'CWE-1357'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install git+https://github.com/huggingface/transformers\n',
        good: 'FROM python:3.12\nRUN pip install "git+https://github.com/huggingface/transformers@4f1c2d3e4b5a69788796a5b4c3d2e1f001122334"\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install "diffusers @ git+https://github.com/huggingface/diffusers.git@main#egg=diffusers"\n',
        good: 'FROM python:3.12\nARG REF=4f1c2d3e4b5a69788796a5b4c3d2e1f001122334\nRUN pip install "diffusers @ git+https://github.com/huggingface/diffusers.git@${REF}#egg=diffusers"\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN git clone https://github.com/acme/engine.git && cd engine && pip install -e .\n',
        good: 'FROM python:3.12\nRUN git clone https://github.com/acme/engine.git && cd engine && git checkout 4f1c2d3e4b5a69788796a5b4c3d2e1f001122334 && pip install -e .\n',
      },
    },
    {
      // A variable that names the commit; a clone that is data only.
      Dockerfile: {
        bad: 'FROM python:3.12\nWORKDIR /src\nRUN git clone --depth 1 https://github.com/acme/engine.git\nRUN cd engine && make install\n',
        good: 'FROM python:3.12\nARG COMMIT\nRUN git clone https://github.com/acme/x.git && cd x && git reset --hard $COMMIT && make\nRUN git clone https://github.com/acme/prompts.git /prompts\n',
      },
    },
    {
      // A release by its tag, whichever way it is named: low.
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN git clone https://github.com/acme/engine.git && cd engine && git reset --hard v1.9.4 && pip install -r requirements.txt\n',
        good: 'FROM python:3.12\nRUN git clone --branch v1.9.4 https://github.com/acme/engine.git && cd engine && git reset --hard 276f8fce9f5a80b500947fb5745a4dde9e84622d && pip install -r requirements.txt\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN git clone --branch v1.2.3 --depth 1 https://github.com/acme/engine.git && make -C engine install\n',
        good: 'FROM python:3.12\nRUN git clone --branch v1.2.3 --depth 1 https://github.com/acme/engine.git\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      checkInstalls(stage, report)
      for (const { clone, url, word, branch, tag, build } of clonesBuilt(stage)) {
        report({
          at: placeIn(stage, word.span, clone.instruction),
          message: `${shown(url)} is cloned ${tag === undefined ? `as ${branch === undefined ? 'its default branch' : `its branch "${shown(branch)}"`} stands on the day of the build` : atTag(tag)}, and then built`,
          subject: stage.subject,
          key: `git[${url}]`,
          label: 'no commit named',
          related: [{ at: placeIn(stage, build.command.span, build.instruction), label: 'built or installed here' }],
          concepts: ['git-clone-unpinned'],
          ...supplySeverity(stage, 'medium', tag === undefined ? {} : TAGGED),
          fix: manualFix(
            'Name the commit',
            `After the clone of ${shown(url)}: git checkout <commit>, with the 40 hex digits of the commit that you have looked at.`,
          ),
        })
      }
    }
  },
})

function checkInstalls(stage: BuildStage, report: Report): void {
  const { commands } = stage
  for (const install of packageInstalls(commands.map(({ command }) => command))) {
    if (!['pip', 'uv pip', 'uv', 'pipx', 'poetry', 'pipenv'].includes(install.manager)) continue
    for (const { word } of install.packages) {
      const text = textOf(word)
      const url = /git\+(?:https?|ssh|git):\/\/[^\s#;'"]+/.exec(text)?.[0]
      const run = commands[install.command]
      if (url === undefined || run === undefined) continue
      const reference = /^git\+[a-z]+:\/\/(?:[^/@]*@)?[^@]*(?:@(.*))?$/.exec(url)?.[1]
      const judged = judge(reference, word.value === null)
      if (judged === undefined) continue
      const named = reference === undefined || reference === '' ? 'its default branch' : `"${shown(reference)}"`
      const how = judged === TAGGED ? atTag(reference ?? '') : `as ${named} stands on the day of the build`
      report({
        at: placeIn(stage, word.span, run.instruction),
        message: `${install.manager} installs ${shown(url.replace(/@[^@/]*$/, ''))} ${how}`,
        subject: stage.subject,
        key: `git[${url}]`,
        label: 'no commit named',
        concepts: ['pip-git-unpinned'],
        ...supplySeverity(stage, 'medium', judged),
        fix: manualFix(
          'Name the commit',
          `Write the commit’s 40 hex digits behind the address: ${shown(url.replace(/@[^@/]*$/, ''))}@<commit>`,
        ),
      })
    }
  }
}

/** Undefined where a commit is named, or a variable names something. */
function judge(
  reference: string | undefined,
  partlyUnknown: boolean,
): { severity?: Severity; because?: string } | undefined {
  if (reference === undefined || reference === '') return {}
  if (/^[0-9a-f]{7,40}$/i.test(reference) || (partlyUnknown && reference.includes('$'))) return undefined
  return isTag(reference) ? TAGGED : {}
}

const TAGGED = { severity: 'low', because: 'a tag is named: it stays, unless somebody moves it' } as const

function atTag(tag: string): string {
  return `at the tag "${shown(tag)}" and not by its commit`
}
