import { createHash } from 'node:crypto'
import type { Response } from 'express'
import type { NodeAPI } from 'node-red'
import { sharedText } from '../shared/speech'
import type { Progress } from './signIns'

export const afterwards: Progress = { status: 'failed' }

/** The code and the state leave the address bar and the history; both are used up, but nobody has to see or copy them. */
const tidy = "history.replaceState(null,'',location.pathname)"
const onlyTidy = `'sha256-${createHash('sha256').update(tidy).digest('base64')}'`

/** The page that the browser sees at the end. Texts of the catalogue only: nothing of the address is shown again. */
export function answerPage(RED: NodeAPI, res: Response, { status }: Progress): void {
  const text = (key: string) => sharedText(RED, `page.${key}`) ?? ''
  const [title, advice] = [text(`${status}.title`), text(`${status}.advice`)]
  res
    .status(status === 'failed' ? 400 : 200)
    .set({
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; script-src ${onlyTidy}`,
    })
    .send(
      `<!doctype html><html lang="${text('language')}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
        `<script>${tidy}</script>` +
        `<style>body{font:1.1em system-ui;margin:4em auto;max-width:30em;padding:0 1em;color-scheme:light dark}</style><h1>${title}</h1><p>${advice}</p></html>`,
    )
}
