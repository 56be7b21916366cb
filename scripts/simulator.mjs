// `npm run simulator -- --port 1890`
import { createRequire } from 'node:module'
import { prepare } from './prepare.mjs'

await prepare()
await createRequire(import.meta.url)('../dist/src/simulator/cli.js').main(process.argv.slice(2))
