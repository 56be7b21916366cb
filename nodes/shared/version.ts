import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The folder of this package, whether it runs from its sources or from `dist`. */
export const packageRoot: string = (() => {
  for (let dir = __dirname; dir !== path.dirname(dir); dir = path.dirname(dir))
    if (existsSync(path.join(dir, 'package.json'))) return dir
  return __dirname
})()

/** The version of this package. */
export const version: string = (() => {
  const file = path.join(packageRoot, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : '0.0.0'
})()
