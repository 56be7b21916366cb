// Small words for making and changing what is on the page. Everything is shown as text, never as markup.

/** The element with this id. */
export const $ = (id) => document.getElementById(id)

/** An element; names with a dash are attributes, all others properties. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined) continue
    if (name.includes('-') || name === 'role' || name === 'for') node.setAttribute(name, value)
    else node[name] = value
  }
  node.append(...children)
  return node
}

/** A button; `about` names the thing it acts on for people who cannot see where it stands. */
export const button = (label, onclick, { about, className } = {}) =>
  el('button', {
    type: 'button',
    textContent: label,
    onclick,
    className,
    'aria-label': about && `${label}, ${about}`,
  })

export const option = (value, text = value) => el('option', { value, textContent: text })

/** A select without a visible label. */
export const chooser = (label, entries) =>
  el('select', { 'aria-label': label }, ...entries.map((entry) => (Array.isArray(entry) ? option(...entry) : option(entry))))

export const group = (label, ...children) => el('div', { className: 'row', role: 'group', 'aria-label': label }, ...children)

/** Changes a text only when it is another one, so that nothing is read aloud or drawn twice. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/** Calls `action` some times a second with what came in meanwhile, however much that is; in a hidden page too. */
export function gathered(action) {
  let waiting = []
  return (item) => {
    if (!waiting.length)
      setTimeout(() => {
        const items = waiting
        waiting = []
        action(items)
      }, 60)
    waiting.push(item)
  }
}

/** Calls `action` once it has been quiet for so many milliseconds. */
export function settled(ms, action) {
  let timer
  return () => {
    clearTimeout(timer)
    timer = setTimeout(action, ms)
  }
}
