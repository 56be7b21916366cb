/** Sends deliveries from a process of its own, so that what receives them is measured and not what sends them. */
import { Agent, request } from 'node:http'

export interface Job {
  url: string
  /** Of each message; `%n` is its number, `%t` its time, `%v` a value. */
  template: string
  from: number
  count: number
  /** Under way at a time. */
  window: number
}

export interface Sent {
  seconds: number
  /** Milliseconds until each was acknowledged. */
  times: number[]
  /** Answers other than 200. */
  refused: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

function post(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

const begin = Date.parse('2026-01-01T00:00:00Z')

async function run({ url, template, from, count, window }: Job): Promise<Sent> {
  const times: number[] = []
  let refused = 0
  let next = from
  const started = performance.now()
  const worker = async () => {
    while (next < from + count) {
      const n = next++
      const body = template
        .replaceAll('%n', String(n))
        .replaceAll('%t', new Date(begin + n * 10).toISOString())
        .replaceAll('%v', String((n % 1000) / 10))
      const sent = performance.now()
      if ((await post(url, body)) !== 200) refused++
      times.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: window }, worker))
  return { seconds: (performance.now() - started) / 1000, times, refused }
}

process.on('message', (job: Job) => {
  run(job).then(
    (sent) => process.send?.(sent),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.send?.('ready')
