import type { Reply } from '../http'

interface Row {
  status: number
  title: string
  detail: string
  /** Which calls meet it when it is played as a fault; default all. */
  on?: 'commands'
  /** Path of the page for people, where it is not the type itself. */
  page?: string
}

/**
 * Every documented problem type, by what follows `/problems/`. Two sorts of titles: with and without a full stop.
 * INVERS: error model, all problem types
 */
export const problems = {
  'invalid-json': { status: 400, title: 'The body contains invalid JSON.', detail: 'Unexpected character at position 1.' },
  'validation-error': { status: 400, title: 'Validation Error', detail: 'A value does not fit.' },
  'referenced-resource-not-found': {
    status: 400,
    title: 'A referenced resource cannot be found.',
    detail: 'Something that the body names does not exist.',
  },
  'missing-credentials': {
    status: 401,
    title: 'The credentials are missing.',
    detail: "The header 'Authorization' is missing.",
  },
  'invalid-credentials': {
    status: 401,
    title: 'The credentials are invalid.',
    detail: 'The access token is invalid or has expired.',
  },
  'missing-permissions': {
    status: 403,
    title: 'Accessing this resource is forbidden.',
    detail: 'The API client lacks a permission.',
  },
  'forbidden-resource': { status: 403, title: 'Accessing this resource is forbidden.', detail: 'The token lacks a scope.' },
  'authorization-server-error': {
    status: 403,
    title: 'Access token cannot be validated.',
    detail: 'The authorization server failed.',
  },
  'resource-not-found': { status: 404, title: 'The resource cannot be found.', detail: 'There is no such resource.' },
  'vehicle/command-not-supported': {
    status: 409,
    title: 'The command is not supported by the vehicle.',
    detail: 'The vehicle has no support for this command.',
    on: 'commands',
  },
  'vehicle/conflicting-state': {
    status: 409,
    title: 'The command cannot be executed due to the current state of the vehicle.',
    detail: 'The vehicle is moving.',
    on: 'commands',
  },
  'vehicle/conflicting-command': {
    status: 409,
    title: "The command cannot be executed because of a conflicting command's processing.",
    detail: 'Another command is still running.',
    on: 'commands',
  },
  'vehicle/conflicting-setup-status': {
    status: 409,
    title: "The operation cannot be performed due to the vehicle's setup status.",
    detail: 'The setup of the vehicle has not succeeded.',
    on: 'commands',
  },
  'conflicting-operation': {
    status: 409,
    title: 'Request cannot be processed due to a conflicting ongoing operation.',
    detail: 'Another operation is still running.',
  },
  'conflicting-resource': {
    status: 409,
    title: 'Request cannot be processed due to a conflicting resource or resource state.',
    detail: 'Something else uses this resource.',
  },
  'incompatible-telematics-unit-model': {
    status: 409,
    title: 'The desired configuration is not available for the CloudBoxx 3G.',
    detail: 'The unit cannot do this.',
  },
  'incompatible-installation-variant': {
    status: 409,
    title: 'Incompatible installation variant.',
    detail: 'The unit was installed in another way.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests.',
    detail: "The client is blocked for a while; read the 'X-Rate-Limit' headers.",
  },
  'internal-server-error': { status: 500, title: 'Internal Server Error', detail: 'Internal Server Error' },
  'telematics-unit/error': {
    status: 500,
    title: 'An error occurred on the telematics unit',
    detail: 'The telematics unit is busy.',
    on: 'commands',
    page: 'telematics-unit-error',
  },
  'third-party/error': {
    status: 502,
    title: 'An error occurred at a third party API or protocol.',
    detail: 'The manufacturer API returned an error.',
    on: 'commands',
  },
  'vehicle/no-connection': {
    status: 504,
    title: 'No connection to vehicle',
    detail: 'The vehicle could not be reached.',
    on: 'commands',
  },
} satisfies Record<string, Row>

export type ProblemType = keyof typeof problems
export const problemTypes = Object.keys(problems) as ProblemType[]
export const isProblemType = (name: string): name is ProblemType => Object.hasOwn(problems, name)

/** Only commands meet it; a list or a state never. */
export const onlyOnCommands = (type: ProblemType): boolean => (problems[type] as Row).on === 'commands'

/** Something that the platform answers with a problem. */
export class Problem extends Error {
  constructor(
    readonly type: ProblemType,
    readonly detail?: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(type)
  }
}

/** How problems are written; which of both the real cloud does is not known. */
export interface ProblemStyle {
  errorType: 'application/json' | 'application/problem+json'
}

/** INVERS: error model, the body */
export function problemReply({ type, detail, headers }: Problem, flowId: string, style: ProblemStyle): Reply {
  const row: Row = problems[type]
  const body = {
    type: `/problems/${type}`,
    type_documentation: `https://developers.invers.com/problems/${row.page ?? type}`,
    title: row.title,
    status: row.status,
    detail: detail ?? row.detail,
    flow_id: flowId,
  }
  return { status: row.status, json: body, headers: { 'content-type': style.errorType, ...headers } }
}
