import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../clock'
import type { Permission } from './clients'

/** What a token says. */
export interface Claims {
  sub: string
  fleet: string
  scopes: Permission[]
  /** Ms since 1970. */
  issuedAt: number
  expiresAt: number
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens that look like JWTs and say themselves for whom and how long they are good; nothing is kept. */
export class AccessTokens {
  private readonly key = randomBytes(32)
  private revokedUpTo = -Infinity
  private serial = 0

  constructor(private readonly clock: Clock) {}

  issue(claims: Pick<Claims, 'sub' | 'fleet' | 'scopes'>, life: number): string {
    const issuedAt = this.clock.now()
    this.serial += 1
    const all = { ...claims, issuedAt, expiresAt: issuedAt + life * 1000, serial: this.serial }
    const text = `${encode({ kid: 'sim', alg: 'HS256' })}.${encode(all)}`
    return `${text}.${this.sign(text)}`
  }

  /** What the token says, when it is ours, whole, not expired and not revoked. */
  check(token: string): Claims | undefined {
    const [header, body, signature] = token.split('.')
    if (header === undefined || body === undefined || signature === undefined) return undefined
    const good = Buffer.from(this.sign(`${header}.${body}`))
    const given = Buffer.from(signature)
    if (good.length !== given.length || !timingSafeEqual(good, given)) return undefined
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims & { serial: number }
    return claims.serial > this.revokedUpTo && claims.expiresAt > this.clock.now() ? claims : undefined
  }

  /** Every token so far is worth nothing. */
  revokeAll(): void {
    this.revokedUpTo = this.serial
  }

  private sign(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url')
  }
}
