import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The version of this package, whether it runs from its sources or from `dist`. */
export const version: string = (() => {
  for (let dir = __dirname; dir !== path.dirname(dir); dir = path.dirname(dir)) {
    const file = path.join(dir, 'package.json')
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  return '0.0.0'
})()
