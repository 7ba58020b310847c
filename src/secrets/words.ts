/**
 * Tells words from random letters: how likely each letter follows the one before in English and identifiers, against
 * chance. Digits are log2 of that ratio (0: far below chance, 5-6: chance, 9: five times and more), counted over the
 * distinct words of open documentation.
 */
const FOLLOWS = [
  '36762351504867060878543441',
  '85557432752843740674721152',
  '82547327607643930657621040',
  '74469532822644742665632130',
  '63675542302668354887244640',
  '74557841901644840766612140',
  '63439357700656640775632021',
  '92349213803544830656511140',
  '55766560102769751677150405',
  '82458502636334850383835020',
  '74459454843645541475535040',
  '83469321803733840266531060',
  '85359311702563771264520030',
  '72777582614434741378551020',
  '45662451414668560866656311',
  '82448425603733761867512050',
  '43343421300734334665952011',
  '83659341804465740576532050',
  '62638436704544663379623150',
  '73549427801543740765523161',
  '66646550601778460777110200',
  '94539422800343630454213130',
  '83458437803537731774213310',
  '64758634701564582459432551',
  '64656553611667690587345244',
  '82349414802442751344212044',
]

/** Mean over the letter pairs of `text`: words and identifiers score 5.7 to 8, random letters 2 to 5.6. */
export function wordScore(text: string): number {
  let total = 0
  let pairs = 0
  let before = -1
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at) | 32
    const letter = unit >= 97 && unit <= 122 && text.charCodeAt(at) < 128 ? unit - 97 : -1
    if (letter >= 0 && before >= 0) {
      total += (FOLLOWS[before]?.charCodeAt(letter) ?? 48) - 48
      pairs++
    }
    before = letter
  }
  return pairs === 0 ? 0 : total / pairs
}

const WORDY = 5.65

/** True where `text` is words and what joins them, with few digits: an identifier, a phrase, a name with a version. */
export function isWordy(text: string): boolean {
  const words = text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []
  const letters = words.reduce((sum, word) => sum + word.length, 0)
  const digits = text.match(/\d+/g) ?? []
  const digitCount = digits.reduce((sum, run) => sum + run.length, 0)
  if (letters < 3 || letters < text.length * 0.5 || digits.length > 2 || digitCount > Math.max(4, letters)) return false
  // Random capitals and digits cut the letters into pieces shorter than words are.
  const cuts = words.length - (text.match(/[A-Za-z0-9]+/g)?.length ?? 0)
  if (cuts > 0 && letters / words.length < 2.9) return false
  return wordScore(text) >= WORDY
}
