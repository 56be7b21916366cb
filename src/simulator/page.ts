import { escapeHtml } from './http'
import { pageScript } from './pageScript'
import { volvoFaultKinds } from './volvo/cloud'

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 18%, Canvas); --soft: color-mix(in srgb, CanvasText 6%, Canvas); --accent: #1c6bb0 }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem; background: Canvas; color: CanvasText }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; margin-bottom: 1rem }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1.1rem; margin: 0 0 .5rem } h2 small { font-weight: normal; opacity: .65; font-size: .75rem }
#cars { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem }
article, section { border: 1px solid var(--line); border-radius: 12px; padding: 1rem; min-width: 0 }
section { margin-top: 1rem; overflow-x: auto }
.row { display: flex; flex-wrap: wrap; gap: .4rem; margin: .4rem 0; align-items: center }
[hidden] { display: none !important }
button, select, input { font: inherit; font-size: .85rem; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 7px; background: var(--soft); color: inherit; max-width: 100% }
button { cursor: pointer } button:hover { border-color: var(--accent) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
input[type=number] { width: 4.5rem }
.bar { height: .6rem; border-radius: 6px; background: var(--soft); overflow: hidden; border: 1px solid var(--line) }
.bar div { height: 100%; background: var(--accent); transition: width .4s } .bar.charging div { background: #2c8a4b }
.facts { margin: .5rem 0 } .told { margin: .5rem 0 0; font-size: .8rem; opacity: .7 }
.history { font-size: .8rem; max-height: 10rem; overflow: auto; padding-left: 1.5rem }
table { border-collapse: collapse; font-size: .8rem; width: 100% } td { padding: .1rem .6rem .1rem 0; white-space: nowrap } .bad { color: #c0392b }
#notice { position: fixed; left: 1rem; right: 1rem; bottom: 1rem; text-align: center; font-weight: 600; pointer-events: none }
#notice:not(:empty) { background: #8a2a1c; color: #fff; padding: .5rem; border-radius: 8px }`

const kinds = volvoFaultKinds.all.map((kind) => `<option>${escapeHtml(kind)}</option>`).join('')

/** The page at `/sim/`: nothing is loaded from elsewhere, addresses are relative. */
export const simulatorPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<title>Driveway simulator</title>
<style>${style}</style>
</head>
<body>
<header><h1>Driveway simulator</h1><div class="row" id="advance"><span id="now"></span></div></header>
<main>
<div id="cars"></div>
<section aria-labelledby="faults"><h2 id="faults">Faults</h2>
<form id="fault" class="row">
<select name="kind" aria-label="Kind">${kinds}</select>
<input name="count" type="number" min="1" placeholder="times" aria-label="How often">
<input name="path" placeholder="only paths with…" aria-label="Only paths that contain">
<input name="status" placeholder="status (next-command)" aria-label="Status for next-command">
<button>Switch on</button><button type="button" id="clear">Clear all</button>
</form><ul id="standing" hidden></ul></section>
<section aria-labelledby="received"><h2 id="received">Calls received</h2><table><tbody id="calls"></tbody></table></section>
</main>
<div id="notice" role="status" aria-live="polite"></div>
<script>${pageScript}</script>
</body>
</html>
`
