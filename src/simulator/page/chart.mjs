// Draws a car's course: the level as a line, charging and driving as bands, calls as bars below.
import { hourAndMinute, percent, span } from './words.mjs'

const height = 220
const margin = { left: 44, right: 20, top: 10, bottom: 22 }
const callsHeight = 42
const quarter = 15 * 60_000

function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

const timesOf = (course) => ({
  samples: course.samples.map((sample) => ({ ...sample, at: Date.parse(sample.at) })),
  calls: course.calls.map(({ at, count }) => ({ at: Date.parse(at), count })),
})

/** Stretches in which something was so. */
function stretches(samples, is, until) {
  const found = []
  for (const [index, sample] of samples.entries()) {
    if (!is(sample)) continue
    const end = samples[index + 1]?.at ?? until
    const last = found.at(-1)
    if (last && last.until === sample.at) last.until = end
    else found.push({ from: sample.at, until: end })
  }
  return found
}

/** Hours between two marks of the time axis, so that there is room for their texts. */
function markEvery(range, width) {
  const hours = (range.until - range.from) / 3_600_000
  return [1, 2, 3, 4, 6, 12, 24, 48].find((step) => (hours / step) * 52 < width) ?? 168
}

function marks(range, width) {
  const every = markEvery(range, width)
  const first = new Date(range.from)
  first.setMinutes(0, 0, 0)
  while (first.getHours() % Math.min(every, 24) || first.getTime() < range.from) first.setHours(first.getHours() + 1)
  const found = []
  for (let at = first.getTime(); at <= range.until; at += every * 3_600_000) found.push(at)
  return found
}

const dayName = (time) => new Date(time).toLocaleDateString([], { weekday: 'short' })

/** Fills the picture anew; gives what lies at a place on the screen. */
export function drawChart(picture, course, range) {
  const width = Math.max(240, picture.clientWidth || 600)
  picture.setAttribute('viewBox', `0 0 ${width} ${height}`)
  const { samples, calls } = timesOf(course)
  const plot = {
    left: margin.left,
    right: width - margin.right,
    top: margin.top,
    bottom: height - margin.bottom - callsHeight - 8,
  }
  const x = (at) => plot.left + ((at - range.from) / (range.until - range.from)) * (plot.right - plot.left)
  const within = (at) => Math.min(plot.right, Math.max(plot.left, x(at)))
  const y = (level) => plot.bottom - (level / 100) * (plot.bottom - plot.top)
  const base = height - margin.bottom
  const parts = []

  for (const level of [0, 50, 100])
    parts.push(
      svg('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: y(level), y2: y(level) }),
      svg('text', { class: 'axis', x: plot.left - 6, y: y(level) + 4, 'text-anchor': 'end' }, `${level} %`),
    )
  for (const at of marks(range, plot.right - plot.left)) {
    const midnight = new Date(at).getHours() === 0
    parts.push(
      svg('line', { class: 'grid', x1: x(at), x2: x(at), y1: plot.top, y2: base }),
      svg(
        'text',
        { class: 'axis', x: x(at), y: height - 6, 'text-anchor': 'middle' },
        midnight ? dayName(at) : hourAndMinute(at),
      ),
    )
  }
  for (const [name, is] of [
    ['charging', (sample) => sample.charging],
    ['driving', (sample) => sample.driving],
  ])
    for (const { from, until } of stretches(samples, is, range.now))
      if (until > range.from && from < range.until)
        parts.push(
          svg('rect', {
            class: `band ${name}`,
            x: within(from),
            width: Math.max(1, within(until) - within(from)),
            y: plot.top,
            height: plot.bottom - plot.top,
          }),
        )

  const line = samples.map(({ at, level }) => `${x(at).toFixed(1)},${y(level).toFixed(1)}`)
  if (samples.length) {
    const last = samples.at(-1)
    line.push(`${x(range.now).toFixed(1)},${y(last.level).toFixed(1)}`)
    parts.push(
      svg('clipPath', { id: 'plot' }, svg('rect', { x: plot.left, y: 0, width: plot.right - plot.left, height })),
      svg('polyline', { class: 'level', points: line.join(' '), 'clip-path': 'url(#plot)' }),
      svg('circle', { class: 'present', cx: x(range.now), cy: y(last.level), r: 4 }),
    )
  }

  const seen = calls.filter(({ at }) => at + quarter > range.from && at < range.until)
  const most = Math.max(4, ...seen.map(({ count }) => count))
  parts.push(
    svg('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: base, y2: base }),
    svg('text', { class: 'axis', x: plot.left - 6, y: base - callsHeight + 10, 'text-anchor': 'end' }, String(most)),
    svg('text', { class: 'axis', x: plot.left - 6, y: base, 'text-anchor': 'end' }, 'calls'),
  )
  for (const { at, count } of seen) {
    const tall = Math.max(2, (count / most) * callsHeight)
    const wide = Math.max(2, within(at + quarter) - within(at) - 1)
    parts.push(svg('rect', { class: 'calls', x: within(at), y: base - tall, width: wide, height: tall }))
  }
  picture.replaceChildren(...parts)

  return {
    at(clientX) {
      const box = picture.getBoundingClientRect()
      const place = ((clientX - box.left) / box.width) * width
      const time = range.from + ((place - plot.left) / (plot.right - plot.left)) * (range.until - range.from)
      if (time < range.from || time > range.until) return undefined
      const bucket = calls.find(({ at }) => at <= time && time < at + quarter)
      return { time, sample: time > range.now ? undefined : valueAt(samples, time), calls: bucket?.count }
    },
  }
}

function valueAt(samples, time) {
  const index = samples.findLastIndex(({ at }) => at <= time)
  const before = samples[index]
  const after = samples[index + 1]
  if (!before || !after) return before
  const share = (time - before.at) / (after.at - before.at || 1)
  return { ...before, level: before.level + (after.level - before.level) * share }
}

/** What the chart shows, in a sentence. */
export function summaryOf(course, range) {
  const { samples, calls } = timesOf(course)
  const first = valueAt(samples, range.from) ?? samples[0]
  const last = samples.at(-1)
  if (!first || !last) return 'nothing yet'
  const charged = stretches(samples, ({ charging }) => charging, range.now).reduce(
    (sum, { from, until }) => sum + Math.max(0, Math.min(until, range.until) - Math.max(from, range.from)),
    0,
  )
  const spent = calls.filter(({ at }) => at + quarter > range.from && at < range.until).reduce((sum, { count }) => sum + count, 0)
  const levels = `from ${percent(first.level)} to ${percent(last.level)}`
  return `${levels}, charging for ${span(charged / 1000)}, ${spent === 1 ? '1 call' : `${spent.toLocaleString()} calls`} for this car`
}
