/** Takes secrets and personal data out of text that people or logs will see. */

const mask = '***'
const shortest = 4
/** The first secrets come from the configuration and stay; later ones are rotated tokens, of which the newest count. */
const lasting = 32
const rotating = 200

/** What is masked without being known, with the part of the match that stays. */
const patterns: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)(\s+|%20|\+)[A-Za-z0-9._~+/=%-]{4,}/gi, `$1$2${mask}`],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, mask],
  [
    /\b((?:[a-z]{1,20}[_-])?(?:code|token|secret|password|passwd|apikey|api[_-]key|state|verifier|assertion)(?:=|%3D))[^&\s"'<>\\]+/gi,
    `$1${mask}`,
  ],
  [
    /("(?:[a-z]{1,20}[_-])?(?:token|secret|password|api[_-]?key|authorization|vcc-api-key|latitude|longitude|lat|lon|lng)"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/gi,
    `$1"${mask}"`,
  ],
  [/[A-Za-z0-9._%+-]{1,64}(?:@|%40)[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}/g, mask],
  // A vehicle number: 17 letters and digits, of both some.
  [/(?<=%[0-9A-Fa-f]{2}|(?<![A-Za-z0-9]))(?=[A-Za-z0-9]{0,16}\d)(?=\d{0,16}[A-Za-z])[A-Za-z0-9]{17}(?![A-Za-z0-9])/g, mask],
]

export class Redactor {
  private readonly fixed = new Set<string>()
  private readonly recent = new Set<string>()
  private known?: RegExp

  /** From now on this is masked, also URL-encoded or in base64. Shorter than four characters is no secret. */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < shortest || this.fixed.has(secret) || this.recent.has(secret)) return
    if (this.fixed.size < lasting) this.fixed.add(secret)
    else {
      this.recent.add(secret)
      for (const oldest of this.recent) {
        if (this.recent.size <= rotating) break
        this.recent.delete(oldest)
      }
    }
    this.known = undefined
  }

  clean(text: string): string {
    let result = this.withoutEncoded(text)
    const known = this.pattern()
    if (known) result = result.replace(known, mask)
    for (const [pattern, kept] of patterns) result = result.replace(pattern, kept)
    return result
  }

  /** Basic credentials and the like: base64 that holds a known secret. */
  private withoutEncoded(text: string): string {
    const known = this.pattern()
    if (!known) return text
    return text.replace(/[A-Za-z0-9+/_-]{6,}(?:={0,2}|(?:%3D){0,2})/g, (run) => {
      const plain = Buffer.from(run.replace(/%3D/g, '='), 'base64').toString('utf8')
      return plain.search(known) >= 0 ? mask : run
    })
  }

  private pattern(): RegExp | undefined {
    const secrets = [...this.fixed, ...this.recent]
    if (!this.known && secrets.length) {
      const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length)
      this.known = new RegExp(forms.map(escaped).join('|'), 'g')
    }
    return this.known
  }
}

const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ s: secret }).toString().slice(2),
  JSON.stringify(secret).slice(1, -1),
]

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
