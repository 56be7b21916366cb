import { startServer, type LocalServer } from './server'

interface Answer {
  status: number
  body?: unknown
  raw?: string
}

/** Serves single-use refresh tokens, as Volvo does: the old one is dead as soon as the new one is made. */
export class TokenServer {
  /** The one refresh token that is good now. */
  current = 'refresh-0'
  served = 0
  reused = 0
  /** Answers of the next requests; after them, tokens are served again. */
  next: Answer[] = []
  life = 300
  rotates = true
  /** Answers are held back until this resolves; the token is used up all the same. */
  hold: Promise<void> = Promise.resolve()
  private server?: LocalServer

  static async start(): Promise<TokenServer> {
    const self = new TokenServer()
    self.server = await startServer((seen, response) => {
      void self.answer(new URLSearchParams(seen.body)).then(({ status, body, raw }) => {
        response.writeHead(status, { 'content-type': raw === undefined ? 'application/json' : 'text/html' })
        response.end(raw ?? JSON.stringify(body ?? {}))
      })
    })
    return self
  }

  get url(): string {
    return this.server!.url
  }

  get seen(): LocalServer['seen'] {
    return this.server!.seen
  }

  close(): Promise<void> {
    return this.server!.close()
  }

  private async answer(form: URLSearchParams): Promise<Answer> {
    const scripted = this.next.shift()
    if (scripted) return scripted
    if (form.get('grant_type') === 'refresh_token' && form.get('refresh_token') !== this.current) {
      this.reused++
      return { status: 400, body: { error: 'invalid_grant', error_description: 'unknown, invalid, or expired refresh token' } }
    }
    this.served++
    if (this.rotates) this.current = `refresh-${this.served}`
    const body = {
      access_token: `access-${this.served}`,
      ...(this.rotates && { refresh_token: this.current }),
      token_type: 'Bearer',
      expires_in: this.life,
    }
    await this.hold
    return { status: 200, body }
  }
}
