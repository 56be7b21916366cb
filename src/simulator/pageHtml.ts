/** The time-lapse: how the time runs, and what a car did meanwhile. */
const time = `
<section class="panel" id="time" aria-labelledby="time-title">
<div class="head"><h2 id="time-title">Time-lapse</h2><div class="row" id="jumps" role="group" aria-label="Jump ahead"></div></div>
<div class="row">
<button type="button" class="main" id="play">Play</button>
<button type="button" id="start-over" hidden>Start over</button>
<label>for <select id="length" aria-label="How long"></select></label>
<label>at <select id="speed" aria-label="How fast"></select></label>
<label><input type="checkbox" id="routine" checked> the cars have an ordinary day</label>
<span class="quiet-text" id="play-told" role="status"></span>
</div>
<progress id="progress" max="1" value="0" aria-label="How much of the time-lapse is over" hidden></progress>
<div class="head" style="margin:.8rem 0 0">
<div class="row"><label>Chart of <select id="chart-car" aria-label="Car in the chart"></select></label>
<label>over <select id="chart-window" aria-label="Length of the chart"></select></label></div>
<ul class="legend">
<li style="--swatch:var(--fill)">state of charge, or fuel</li>
<li style="--swatch:color-mix(in srgb,var(--fill-charging) 45%,var(--surface))">charging</li>
<li style="--swatch:color-mix(in srgb,#c98500 45%,var(--surface))">driving</li>
<li style="--swatch:var(--soft)">calls spent</li>
</ul></div>
<svg id="chart" role="img" aria-label="Chart"></svg>
<p class="quiet-text"><span id="chart-told"></span> <b id="chart-point"></b></p>
</section>`

const cars = `
<section class="list" id="vehicles" aria-labelledby="cars-title">
<div class="head"><h2 id="cars-title">Cars</h2>
<div class="row" role="search"><input type="search" id="search" placeholder="Name, id or plate" aria-label="Search cars">
<select id="cloud" aria-label="Cloud"></select></div></div>
<div class="row" id="pager" hidden><button type="button" id="previous">Previous</button><button type="button" id="next">Next</button>
<span class="quiet-text" id="pages" role="status"></span></div>
<p class="quiet-text" id="no-cars" hidden>No car is called that.</p>
<div id="cars"></div>
<datalist id="alerts"></datalist>
</section>`

const fleet = `
<section class="panel list" id="fleet" aria-labelledby="fleet-title" hidden>
<div class="head"><h2 id="fleet-title">INVERS fleet</h2>
<div class="row"><input type="search" id="fleet-search" placeholder="Name, id or plate" aria-label="Search the fleet">
<button type="button" id="fleet-previous" aria-label="Previous, fleet">Previous</button><button type="button" id="fleet-next" aria-label="Next, fleet">Next</button>
<span class="quiet-text" id="fleet-told"></span></div></div>
<div class="scroll" tabindex="0" role="region" aria-label="Vehicles of the fleet"><table>
<thead><tr><th scope="col">Vehicle</th><th scope="col">Level</th><th scope="col">State</th><th scope="col">Status</th><th scope="col">Contact</th><th scope="col">Do</th></tr></thead>
<tbody id="fleet-rows"></tbody></table></div>
</section>`

const calls = `
<section class="panel" id="requests" aria-labelledby="calls-title">
<div class="head"><h2 id="calls-title">Calls received</h2>
<div class="row"><span class="quiet-text" id="calls-waiting"></span><button type="button" id="calls-hold" aria-pressed="false">Hold</button></div></div>
<div class="row" style="margin-bottom:.5rem"><select id="calls-provider" aria-label="Cloud of the calls"></select>
<input type="search" id="calls-path" placeholder="Path or status" aria-label="Calls that contain" size="14">
<label><input type="checkbox" id="calls-bad"> only problems</label></div>
<div class="scroll" tabindex="0" role="region" aria-label="Latest calls"><table>
<thead><tr><th scope="col">Time</th><th scope="col">Status</th><th scope="col" class="took-cell">Took</th><th scope="col" class="cloud-cell">Cloud</th><th scope="col">Request</th></tr></thead>
<tbody id="calls"></tbody></table>
<p class="quiet-text" id="no-calls">Nothing yet. Calls show up here as they come in.</p></div>
</section>`

const faults = `
<section class="panel" id="trouble" aria-labelledby="faults-title">
<div class="head"><h2 id="faults-title">Faults</h2><button type="button" id="clear-faults" hidden>Remove all faults</button></div>
<p class="quiet-text" id="no-faults">Everything works. Choose a cloud and switch on what shall go wrong.</p>
<ul id="standing" aria-label="Faults that are on"></ul>
<div id="switches"></div>
<details><summary>Another fault, or only sometimes</summary>
<form id="fault" class="form">
<label>Cloud <select name="provider" id="fault-provider"></select></label>
<label>Kind <select name="kind" id="fault-kind"></select></label>
<label>How often <input name="count" type="number" min="1" placeholder="always"></label>
<label>Share of calls, % <input name="rate" type="number" min="0" max="100" placeholder="100"></label>
<label>Paths with <input name="path" placeholder="all"></label>
<label>Status (next-command) <input name="status"></label>
<label>Field <input name="field" placeholder="all"></label>
<label>Code (field-error) <input name="code"></label>
<label>Delay, ms (slow) <input name="delayMs" type="number" min="0" placeholder="5000"></label>
<button>Switch on</button>
</form></details>
</section>`

/** The page as it is before its script fills it. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page/page.css">
<title>Driveway simulator</title>
</head>
<body>
<header class="top"><h1>Driveway simulator</h1>
<nav aria-label="On this page"><a href="#time">Time-lapse</a><a href="#vehicles">Cars</a><a href="#fleet" id="to-fleet" hidden>Fleet</a><a href="#requests">Calls</a><a href="#trouble">Faults</a></nav>
<span id="now"></span><button type="button" id="reset">Reset everything</button></header>
<main>
<div>${time}${cars}${fleet}</div>
<div class="side">${calls}${faults}</div>
</main>
<div class="notices"><div id="notice" role="alert" hidden></div>
<div id="connection" role="status" hidden>Waiting for the simulator…</div></div>
<script type="module" src="page/main.mjs"></script>
</body>
</html>
`
