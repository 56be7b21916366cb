/** Certificates for tests of TLS: an authority, one that nobody knows, and what the first has signed for 127.0.0.1. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './stage'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

export class Certificates {
  private readonly dir = temporaryFolder('certificates')

  /** Makes authorities `ca` and `other`; `server` and `client` are signed by the first, `stranger` by the second. */
  constructor() {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    for (const ca of ['ca', 'other'])
      this.openssl('req', '-x509', ...key, '-days', '2', '-subj', `/CN=${ca}`, '-keyout', `${ca}.key`, '-out', `${ca}.crt`)
    writeFileSync(this.file('names'), 'subjectAltName=IP:127.0.0.1')
    for (const [name, ca] of [
      ['server', 'ca'],
      ['client', 'ca'],
      ['stranger', 'other'],
    ] as const) {
      this.openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
      const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'names']
      this.openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.crt`)
    }
  }

  file(name: string): string {
    return join(this.dir, name)
  }

  /** The text of `client.crt`, `client.key` and the like. */
  pem(name: string): string {
    return readFileSync(this.file(name), 'utf8')
  }

  private openssl(...args: string[]): void {
    const { status, stderr } = spawnSync('openssl', args, { cwd: this.dir })
    if (status !== 0) throw new Error(String(stderr))
  }
}
