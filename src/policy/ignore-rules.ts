/** The rules about suppressions themselves. Policy reports them: no fact alone says whether an ignore was needed. */
import type { RuleMetadata } from '../core/rule.ts'

function policyRule(
  rule: Pick<RuleMetadata, 'id' | 'concepts' | 'title' | 'why' | 'how' | 'fine'> & { readonly fixes?: true },
): RuleMetadata {
  return {
    reads: 'ignore',
    area: 'configuration',
    severity: 'low',
    confidence: 'high',
    offByDefault: false,
    controls: [],
    refs: [],
    peers: [],
    formerly: [],
    ...rule,
    fixes: rule.fixes ?? false,
  }
}

const AS_WRITTEN = '`# bulkhead: ignore[rule/id] until=2027-03-31 reason: why it is accepted`'

export const IGNORE_MALFORMED = policyRule({
  id: 'ignore/malformed',
  concepts: ['ignore-without-reason'],
  title: 'Ignore comment cannot be understood',
  why: 'The comment ignores nothing, and whoever wrote it believes that it does.',
  how: `Write it as ${AS_WRITTEN}, on the line above what it is about.`,
})

export const IGNORE_NO_REASON = policyRule({
  id: 'ignore/no-reason',
  concepts: ['ignore-without-reason'],
  title: 'Ignore comment gives no reason',
  why: 'Nobody can tell later whether the risk was weighed or the warning was only in the way. Without a reason the comment does not count.',
  how: `Say why: ${AS_WRITTEN}.`,
})

export const IGNORE_NO_EXPIRY = policyRule({
  id: 'ignore/no-expiry',
  concepts: ['ignore-without-reason'],
  title: 'Ignore comment for a serious finding has no last day',
  why: 'A finding of high or critical severity that is accepted for ever is forgotten. Without `until=` the comment does not count.',
  how: `Add the day on which somebody looks at it again: ${AS_WRITTEN}.`,
})

export const IGNORE_EXPIRED = policyRule({
  id: 'ignore/expired',
  concepts: ['ignore-expired'],
  title: 'Ignore comment has expired',
  why: 'The day until which the risk was accepted has passed: what it covered counts again.',
  how: 'Mend what it was about, or accept it anew with a later `until=`.',
})

export const IGNORE_UNUSED = policyRule({
  id: 'ignore/unused',
  concepts: ['ignore-unused'],
  fixes: true,
  title: 'Ignore comment ignores nothing',
  why: 'What it covered is gone, or it stands in the wrong place. Left behind, it will silence the next finding that comes to stand there.',
  how: 'Delete the comment, or move it to the line right above what it is about.',
})

export const WAIVER_NO_EXPIRY = policyRule({
  id: 'waiver/no-expiry',
  concepts: ['ignore-without-reason'],
  title: 'Waiver of a serious finding has no last day',
  why: 'A finding of high or critical severity that is accepted for ever is forgotten. Without `until:` the waiver does not count.',
  how: 'Add `until: YYYY-MM-DD`, the day on which somebody looks at it again.',
})

export const WAIVER_EXPIRED = policyRule({
  id: 'waiver/expired',
  concepts: ['ignore-expired'],
  title: 'Waiver has expired',
  why: 'The day until which the risk was accepted has passed: what it covered counts again.',
  how: 'Mend what it was about and delete the waiver, or accept it anew with a later `until:`.',
})

export const WAIVER_UNUSED = policyRule({
  id: 'waiver/unused',
  concepts: ['ignore-unused'],
  title: 'Waiver covers nothing',
  why: 'What it covered is gone, or it names it wrongly. Left behind, it will silence the next finding that it happens to match.',
  how: 'Delete the waiver, or correct its `rule`, `path`, `subject` or `fingerprint`.',
})

/** All of them, for `explain`, `rules` and the reports that describe rules. */
export const ignoreRules: readonly RuleMetadata[] = [
  IGNORE_EXPIRED,
  IGNORE_MALFORMED,
  IGNORE_NO_EXPIRY,
  IGNORE_NO_REASON,
  IGNORE_UNUSED,
  WAIVER_EXPIRED,
  WAIVER_NO_EXPIRY,
  WAIVER_UNUSED,
]
