// `npm start`: installs and builds what is missing, then runs the demo.
import { prepare } from './prepare.mjs'

await prepare()
const { demo } = await import('./demo.mjs')
await demo(process.argv.slice(2))
