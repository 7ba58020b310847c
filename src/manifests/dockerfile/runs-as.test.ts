/**
 * As whom the built image starts: Dockerfiles that are easily read wrongly, each with the answer that the engine gives.
 * `root` and `other` are known numbers; `named` is an account whose number stands in the image; `unknown` says so.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EffectiveImage, effectiveImage } from './effective-image.ts'
import type { EvaluateOptions } from './stages.ts'
import { parsed } from './testing/parsed.ts'

type Answer = 'root' | 'other' | 'named' | 'unknown'

const TABLE: readonly (readonly [what: string, answer: Answer, text: string, options?: EvaluateOptions])[] = [
  // ── one stage ──
  ['no USER at all', 'root', 'FROM ubuntu:24.04\nRUN apt-get update'],
  ['a number', 'other', 'FROM ubuntu\nUSER 1000'],
  ['a number with group 0', 'other', 'FROM ubuntu\nUSER 1000:0'],
  ['zero with another group', 'root', 'FROM ubuntu\nUSER 0:1000'],
  ['root with root', 'root', 'FROM ubuntu\nUSER root:root'],
  ['root with another group', 'root', 'FROM ubuntu\nUSER root:app'],
  ['only a group', 'root', 'FROM ubuntu\nUSER :app'],
  ['only a colon', 'root', 'FROM ubuntu\nUSER 1000\nUSER :'],
  ['many zeros', 'root', 'FROM ubuntu\nUSER 0000'],
  ['a leading zero is no octal number', 'other', 'FROM ubuntu\nUSER 010'],
  ['hexadecimal is a name', 'named', 'FROM ubuntu\nUSER 0x0'],
  ['a signed zero', 'root', 'FROM ubuntu\nUSER +0'],
  ['… of either sign', 'root', 'FROM ubuntu\nUSER -0:1000'],
  ['a signed number', 'other', 'FROM ubuntu\nUSER +1000'],
  ['a negative one is nobody’s', 'named', 'FROM ubuntu\nUSER -1'],
  ['names are told apart by case', 'named', 'FROM ubuntu\nUSER Root'],
  ['nobody', 'named', 'FROM corp.example/base\nUSER nobody'],
  ['root again at the end', 'root', 'FROM ubuntu\nUSER app\nUSER root\nENTRYPOINT ["/start.sh"]'],
  ['root for a while', 'other', 'FROM ubuntu\nUSER 10\nUSER root\nRUN apt-get update\nUSER 10\nCMD ["x"]'],
  ['USER after CMD counts too', 'other', 'FROM ubuntu\nCMD ["x"]\nUSER 10'],
  // ── how it is written ──
  ['lower case', 'other', 'from ubuntu\nuser 1000'],
  ['odd case and blanks', 'root', 'FROM ubuntu\n\t uSeR\t \t0 \t '],
  ['carriage returns', 'root', 'FROM ubuntu\r\nUSER 1000\r\nUSER root\r\n'],
  ['a byte-order mark', 'other', '\uFEFFFROM ubuntu\nUSER 7'],
  ['no line break at the end', 'other', 'FROM ubuntu\nUSER 7'],
  ['double quotes', 'root', 'FROM ubuntu\nUSER "0"'],
  ['single quotes', 'other', "FROM ubuntu\nUSER '1000'"],
  ['quotes inside', 'root', 'FROM ubuntu\nUSER ro"ot"'],
  ['empty quotes', 'root', 'FROM ubuntu\nUSER 5\nUSER ""'],
  ['a comment behind it is part of the name', 'named', 'FROM ubuntu\nUSER root # drops nothing'],
  ['a comment is none', 'root', 'FROM ubuntu\n# USER 1000\n   # USER app'],
  ['a comment inside a continuation', 'root', 'FROM ubuntu\nRUN a && \\\n# USER 1000 \\\n  b'],
  ['a continued line swallows it', 'root', 'FROM ubuntu\nRUN a\\\nUSER 1000'],
  ['… an escape before the escape does not', 'other', 'FROM ubuntu\nRUN a\\\\\nUSER 1000'],
  ['… nor does a blank line end it', 'root', 'FROM ubuntu\nRUN a \\\n\nUSER 1000'],
  ['the number is continued', 'other', 'FROM ubuntu\nUSER 1\\\n000'],
  ['the keyword is continued', 'other', 'FROM ubuntu\nUS\\\nER 1000'],
  ['escaped by a backtick', 'root', '# escape=`\nFROM ubuntu\nRUN a `\nUSER 1000'],
  ['a backslash is then text', 'other', '# escape=`\nFROM ubuntu\nRUN a \\\nUSER 1000'],
  ['an escape directive that comes too late', 'other', '# hello\n# escape=`\nFROM ubuntu\nRUN a `\nUSER 1000'],
  ['behind a syntax line', 'root', '# syntax=docker/dockerfile:1\n# escape=`\nFROM ubuntu\nRUN a `\nUSER 1000'],
  ['in a here-document', 'root', 'FROM ubuntu\nRUN <<EOF\nUSER 1000\nEOF'],
  ['in a copied file', 'root', 'FROM ubuntu\nCOPY <<EOF /Dockerfile\nFROM scratch\nUSER 1000\nEOF'],
  ['behind a here-document', 'other', 'FROM ubuntu\nRUN <<-EOF\n\tUSER root\n\tEOF\nUSER 1000'],
  ['a shift is no here-document', 'other', 'FROM ubuntu\nRUN echo $((1<<2))\nUSER 1000'],
  ['CMD takes no here-document', 'other', 'FROM ubuntu\nCMD cat <<EOF\nUSER 1000'],
  ['as a label', 'root', 'FROM ubuntu\nLABEL USER=1000\nENV USER=1000'],
  ['ONBUILD waits for a child', 'root', 'FROM ubuntu\nONBUILD USER 1000'],
  // ── variables ──
  ['an argument with default 0', 'root', 'FROM ubuntu\nARG USER_ID=0\nUSER "$USER_ID"'],
  ['an argument with default 1000', 'other', 'FROM ubuntu\nARG USER_ID=1000\nUSER $USER_ID:$USER_ID'],
  ['… that is given', 'root', 'FROM ubuntu\nARG U=1000\nUSER $U', { args: { U: '0' } }],
  ['… that is given empty', 'root', 'FROM ubuntu\nARG U=1000\nUSER $U', { args: { U: '' } }],
  ['… that Compose takes from the shell', 'unknown', 'FROM ubuntu\nARG U=1000\nUSER $U', { args: { U: null } }],
  ['an argument without default', 'unknown', 'FROM ubuntu\nARG U\nUSER $U'],
  ['… and with one where it is used', 'other', 'FROM ubuntu\nARG U\nUSER ${U:-1000}'],
  ['an argument that is not declared', 'root', 'FROM ubuntu\nUSER ${APP_UID}', { args: { APP_UID: '5' } }],
  ['a global argument that is not taken over', 'root', 'ARG U=1000\nFROM ubuntu\nUSER $U'],
  ['a global argument that is', 'other', 'ARG U=1000\nFROM ubuntu\nARG U\nUSER $U'],
  ['a variable of the image', 'other', 'FROM ubuntu\nENV APP_UID=1000\nUSER $APP_UID'],
  ['a later argument goes before it', 'root', 'FROM ubuntu\nENV U=1000\nARG U=0\nUSER $U'],
  ['… but not in a child', 'other', 'FROM ubuntu AS b\nENV U=1000\nARG U=0\nFROM b\nUSER $U'],
  ['values of one line see the line before', 'root', 'FROM ubuntu\nENV U=0\nENV U=1000 V=$U\nUSER $V'],
  ['an escaped variable is a name', 'named', 'FROM ubuntu\nENV U=0\nUSER \\$U'],
  ['… and so is one in single quotes', 'named', "FROM ubuntu\nENV U=0\nUSER '$U'"],
  ['a variable that an unread base may set', 'unknown', 'FROM corp.example/base\nUSER $APP_UID'],
  ['what a shell would run is a name', 'named', 'FROM ubuntu\nUSER $(id -u)'],
  // ── accounts made in the file ──
  ['an account with a number', 'other', 'FROM ubuntu\nRUN useradd -m -u 1234 app\nUSER app'],
  ['a second root', 'root', 'FROM ubuntu\nRUN useradd -o -u 0 -m admin\nUSER admin'],
  ['made root later', 'root', 'FROM ubuntu\nRUN useradd -u 5 app\nRUN usermod -o -u 0 app\nUSER app'],
  ['by an argument', 'other', 'FROM ubuntu\nARG UID=1000\nRUN adduser --uid $UID app\nUSER app'],
  ['without a number', 'named', 'FROM ubuntu\nRUN useradd app\nUSER app'],
  ['of another stage', 'named', 'FROM ubuntu AS b\nRUN useradd -o -u 0 app\nFROM ubuntu\nUSER app'],
  // ── stages ──
  ['USER in an earlier stage only', 'root', 'FROM ubuntu AS b\nUSER 1000\nFROM ubuntu\nCOPY --from=b /a /a'],
  ['copied with an owner', 'root', 'FROM ubuntu\nCOPY --chown=1000:1000 . /app'],
  ['from a stage by name', 'other', 'FROM ubuntu AS Base\nUSER 1000\nFROM base'],
  ['through a chain', 'other', 'FROM ubuntu AS a\nUSER 9\nFROM a AS b\nFROM b AS c\nRUN x\nFROM c'],
  ['a name stands before an image', 'other', 'FROM python AS ubuntu\nUSER 9\nFROM ubuntu'],
  ['the latest of a name', 'root', 'FROM ubuntu AS x\nUSER 9\nFROM ubuntu AS x\nFROM x'],
  ['even scratch', 'other', 'FROM ubuntu AS scratch\nUSER 9\nFROM scratch'],
  ['a number is an image', 'unknown', 'FROM ubuntu\nUSER 9\nFROM 0'],
  ['from scratch', 'root', 'FROM ubuntu AS b\nUSER 9\nFROM scratch\nCOPY --from=b /etc/passwd /etc/passwd'],
  ['a child’s ONBUILD', 'other', 'FROM ubuntu AS b\nONBUILD USER 9\nFROM b\nRUN x'],
  ['… which comes first', 'root', 'FROM ubuntu AS b\nONBUILD USER 9\nFROM b\nUSER 0'],
  ['the target', 'other', 'FROM ubuntu AS a\nUSER 9\nFROM a AS dev\nUSER root', { target: 'a' }],
  ['the target in another case', 'root', 'FROM ubuntu AS a\nUSER 9\nFROM a AS dev\nUSER root', { target: 'DEV' }],
  ['a base by an argument', 'other', 'ARG BASE=prod\nFROM ubuntu AS prod\nUSER 9\nFROM $BASE'],
  [
    '… that is given',
    'root',
    'ARG BASE=a\nFROM ubuntu AS a\nUSER 9\nFROM ubuntu AS b\nFROM $BASE',
    { args: { BASE: 'b' } },
  ],
  ['… without default', 'unknown', 'ARG BASE\nFROM ubuntu AS a\nUSER 9\nFROM $BASE'],
  ['… declared twice', 'other', 'ARG BASE=a\nARG BASE\nFROM ubuntu AS a\nUSER 9\nFROM $BASE'],
  ['a platform', 'root', 'FROM --platform=$BUILDPLATFORM ubuntu AS b\nUSER 9\nFROM --platform=linux/amd64 ubuntu'],
  // ── bases ──
  ['distroless', 'root', 'FROM gcr.io/distroless/static-debian12'],
  ['distroless, nonroot', 'other', 'FROM gcr.io/distroless/static-debian12:nonroot'],
  ['distroless, debug-nonroot', 'other', 'FROM gcr.io/distroless/base:debug-nonroot'],
  ['distroless, nonroot, then root', 'root', 'FROM gcr.io/distroless/static:nonroot\nUSER 0'],
  ['jupyter', 'other', 'FROM quay.io/jupyter/scipy-notebook:latest'],
  ['jupyter, its user by variable', 'other', 'FROM jupyter/base-notebook\nUSER root\nRUN x\nUSER ${NB_UID}'],
  ['jupyter, left as root', 'root', 'FROM jupyter/base-notebook\nUSER root\nRUN apt-get update'],
  ['a base by digest', 'root', 'FROM python@sha256:0000000000000000000000000000000000000000000000000000000000000000'],
  ['a base of a mirror', 'root', 'FROM mirror.gcr.io/library/python:3.12'],
  ['a base that nothing is known of', 'unknown', 'FROM registry.example.org/team/base:1'],
  ['… with USER', 'other', 'FROM registry.example.org/team/base:1\nUSER 1000'],
  ['Windows', 'named', 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nUSER ContainerUser'],
  [
    'Windows, its administrator',
    'named',
    'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nUSER ContainerAdministrator',
  ],
]

for (const [what, answer, text, options] of TABLE) {
  test(`runs as ${answer}: ${what}`, () => {
    assert.equal(answerOf(effectiveImage(parsed(text).fact, options)), answer)
  })
}

function answerOf({ settings }: EffectiveImage): Answer {
  const { uid, name } = settings.user
  if (uid.is === 'set' || uid.is === 'default') return uid.value === 0 ? 'root' : 'other'
  return name.is === 'set' || name.is === 'default' ? 'named' : 'unknown'
}
