/** Kubernetes quantities (`512Mi`, `1e3`, `500m`) as numbers. Source: apimachinery's resource.Quantity. */

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** undefined where the API server would refuse the text. */
export function parseQuantity(text: string): number | undefined {
  if (text.length > 64) return undefined
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|([KMGTPE]i|[numkMGTPE]))?$/.exec(text.trim())
  if (found === null) return undefined
  const value = Number(`${found[1]}${found[2] ?? ''}`) * (FACTORS[found[3] ?? ''] ?? 1)
  return Number.isFinite(value) ? value : undefined
}

/** Bytes as a quantity in the largest binary unit that is exact. */
export function formatBytes(bytes: number): string {
  for (const unit of ['Gi', 'Mi', 'Ki']) {
    const factor = FACTORS[unit] ?? 1
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  }
  return String(bytes)
}
