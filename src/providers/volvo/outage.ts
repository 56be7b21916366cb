/** Volvo: backend status, an undocumented page that needs no sign-in. Best effort: it may vanish without a word. */
import { seconds } from '../../clock'
import type { Http } from '../../cloud/http'
import type { Cause } from '../../vehicle/causes'

const host = 'https://public-developer-portal-bff.weu-prod.ecpaz.volvocars.biz'
const path = '/api/v1/backend-status'

/** The page says something only while something is wrong. */
export function outageOf(body: unknown): Cause | undefined {
  const text =
    typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string' ? body.message.trim() : ''
  if (text === '') return undefined
  return { code: 'PROVIDER_DOWN', message: `Volvo says: ${text.slice(0, 200)}`, action: 'Wait until Volvo has mended it.' }
}

/** What Volvo itself says about an outage; `undefined` when it says nothing or cannot be asked. Spends no call of the quota. */
export async function readOutage(http: Http, signal: AbortSignal, baseUrl = host): Promise<Cause | undefined> {
  const request = { method: 'GET', baseUrl, path, template: path, timeoutMs: seconds(10), signal } as const
  return http.request(request).then(
    ({ status, body }) => (status === 200 ? outageOf(body) : undefined),
    () => undefined,
  )
}
