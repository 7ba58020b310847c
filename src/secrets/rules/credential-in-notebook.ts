import { defineRule } from '../../core/rule.ts'
import { described, leaking, reportCredential, secretId } from '../places.ts'

export default defineRule({
  id: 'secret/credential-in-notebook',
  reads: 'credential',
  joins: ['secret', 'dockerfile'],
  area: 'secrets',
  severity: 'high',
  confidence: 'high',
  concepts: ['notebook-output-secret'],
  title: 'Credential is kept in a notebook',
  why: 'Notebooks are shared with their outputs: a printed token travels with every copy, also after the cell that printed it was changed.',
  how: 'Clear the outputs, read the value with `os.environ` or a secret manager, and strip outputs before each commit.',
  controls: ['NIST-800-190:4.1.4'],
  refs: ['CWE-798', 'CWE-540'],
  examples: [
    {
      'train.ipynb': {
        bad: '{\n "cells": [\n  {\n   "cell_type": "code",\n   "metadata": {},\n   "execution_count": 1,\n   "source": [\n    "from huggingface_hub import login\\n",\n    "login(token=\'{{sample:hugging-face-token}}\')"\n   ],\n   "outputs": []\n  }\n ],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n',
        good: '{\n "cells": [\n  {\n   "cell_type": "code",\n   "metadata": {},\n   "execution_count": 1,\n   "source": [\n    "import os\\n",\n    "from huggingface_hub import login\\n",\n    "login(token=os.environ[\'HF_TOKEN\'])"\n   ],\n   "outputs": []\n  }\n ],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n',
      },
    },
  ],
  check(credential, report, view) {
    const found = leaking(credential, 'notebook', view)
    if (found === null) return
    const { place } = found
    const printed = place.carrier === 'notebook-output'
    const cell = /cells\[\d+\]/.exec(place.key ?? '')?.[0]
    reportCredential(
      found,
      {
        message: `${described(place)} stands in ${printed ? 'the output' : 'the source'} of ${cell ?? 'a cell'} of ${place.path}`,
        label: printed ? 'printed here, and saved with the notebook' : 'saved with the notebook',
        concepts: ['notebook-output-secret'],
        handOver: `Clear the notebook's outputs, and read the value at run time: \`os.environ["${secretId(place).toUpperCase()}"]\`.`,
      },
      report,
    )
  },
})
