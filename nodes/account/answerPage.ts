import { createHash } from 'node:crypto'
import type { Response } from 'express'
import type { Progress } from './signIns'

export const afterwards: Progress = { status: 'failed' }

const words = {
  done: ['Signed in', 'You can close this window and go back to Node-RED.'],
  failed: ['Not signed in', 'Close this window and start the sign-in again in Node-RED. Its dialog says what went wrong.'],
  pending: ['One moment', 'Go back to Node-RED.'],
} as const

/** The code and the state leave the address bar and the history; both are used up, but nobody has to see or copy them. */
const tidy = "history.replaceState(null,'',location.pathname)"
const onlyTidy = `'sha256-${createHash('sha256').update(tidy).digest('base64')}'`

/** The page that the browser sees at the end. Fixed texts only: nothing of the address is shown again. */
export function answerPage(res: Response, { status }: Progress): void {
  const [title, advice] = words[status]
  res
    .status(status === 'failed' ? 400 : 200)
    .set({
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; script-src ${onlyTidy}`,
    })
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
        `<script>${tidy}</script>` +
        `<style>body{font:1.1em system-ui;margin:4em auto;max-width:30em;padding:0 1em;color-scheme:light dark}</style><h1>${title}</h1><p>${advice}</p></html>`,
    )
}
