/**
 * Templates that only become YAML when they are rendered: Helm's and Jinja's. `{{ … }}` inside a quoted scalar or a
 * block scalar is text (chat templates, alert messages, Argo parameters) unless it names what only Helm knows.
 */

/** Longer lines are data, not templates. */
const LONGEST_LINE = 10_000

/** True where a `{{` or `{%` stands outside quotes, comments and block scalars, or speaks of Helm's own objects. */
export function looksUnrendered(text: string): boolean {
  if (!text.includes('{{') && !text.includes('{%')) return false
  let blockIndent = -1
  for (const line of linesOf(text)) {
    const indent = line.search(/\S/)
    if (indent === -1) continue
    const inBlock = blockIndent >= 0 && indent > blockIndent
    if (!inBlock) blockIndent = -1
    if (hasHelmObject(line)) return true
    if (inBlock) continue
    if (/^[\s-]*(\{\{|\{%)/.test(line) || hasBareBraces(line)) return true
    if (/[|>][-+0-9]{0,2}\s*$/.test(line.slice(-200)) && /(^|\s)[|>][-+0-9]{0,2}\s*$/.test(line.slice(-200)))
      blockIndent = indent
  }
  return false
}

/** True where the text names what only Helm knows (`.Values`, `include`): it is a template even if it parses. */
export function speaksHelm(text: string): boolean {
  if (!text.includes('{{')) return false
  for (const line of linesOf(text)) if (hasHelmObject(line)) return true
  return false
}

function hasHelmObject(line: string): boolean {
  for (let open = line.indexOf('{{'); open !== -1; open = line.indexOf('{{', open + 2)) {
    const close = line.indexOf('}}', open)
    const inside = line.slice(open + 2, close === -1 ? Math.min(line.length, open + 300) : Math.min(close, open + 300))
    if (/(^|[\s($])\.(Values|Release|Chart|Capabilities|Files)\b/.test(inside)) return true
    if (/^-?\s*(include|template|define|toYaml|tpl|fail|lookup)\s/.test(inside)) return true
  }
  return false
}

function hasBareBraces(line: string): boolean {
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (quote !== '') {
      if (character === '\\' && quote === '"') at++
      else if (character === quote) quote = ''
    } else if ((character === '"' || character === "'") && /[\s:,[{(-]/.test(line.charAt(at - 1) || ' '))
      quote = character
    else if (character === '#' && /\s/.test(line.charAt(at - 1) || ' ')) return false
    else if (character === '{' && (line.charAt(at + 1) === '{' || line.charAt(at + 1) === '%')) return true
  }
  return false
}

function* linesOf(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    if (end - start <= LONGEST_LINE) yield text.slice(start, end)
    start = end + 1
  }
}
