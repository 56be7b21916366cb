import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { json, page, type Reply } from './http'
import { pageHtml } from './pageHtml'

const folder = join(__dirname, 'page')
const types: Readonly<Record<string, string>> = { mjs: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

/** Nothing is loaded from elsewhere; the browser makes sure of it. */
const safety = { 'content-security-policy': "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'" }

/** The page at `/sim/`; its addresses are relative. */
export function simulatorPage(): Reply {
  const reply = page(200, pageHtml)
  return { ...reply, headers: { ...reply.headers, ...safety } }
}

/** A script or a style of the page, by its name. */
export function pageFile(name = ''): Reply {
  const type = types[name.split('.').at(-1) ?? '']
  if (!type || !readdirSync(folder).includes(name)) return json(404, { error: 'There is no such file' })
  return {
    status: 200,
    text: readFileSync(join(folder, name), 'utf8'),
    headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  }
}
