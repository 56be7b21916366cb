// Loaded before the scorecard's tool: what it would ask over the network is answered here.
const Module = require('node:module')

const nodeRed = {
  'dist-tags': { latest: '5.0.7', 'maintenance-4': '4.1.15' },
  versions: { '5.0.7': { engines: { node: '>=22.9' } }, '4.1.15': { engines: { node: '>=18.5' } } },
}
const answers = [
  [/catalogue\.json$/, { modules: [] }],
  [/\/node-red$/, nodeRed],
]
const get = async (url) => ({ status: 200, data: answers.find(([pattern]) => pattern.test(String(url)))?.[1] ?? {} })
const axios = Object.assign(get, { get, default: { get }, request: async ({ url }) => get(url) })
const canned = {
  axios,
  'npm-remote-ls': { ls: (...args) => args.at(-1)([]), config: () => undefined },
  'npm-check': Object.assign(async () => ({ get: () => [] }), { default: async () => ({ get: () => [] }) }),
}

const load = Module._load
Module._load = function (request, ...rest) {
  return Object.hasOwn(canned, request) ? canned[request] : load.call(this, request, ...rest)
}
