/** Signing in and staying signed in: all that other rooms need of it. */
export { beginSignIn, clientCredentials, exchangeCode, refresh } from './grants'
export type { OAuthClient, SignIn, TokenSet } from './grants'
export { causeOfRedirectError, causeOfTokenError } from './tokenErrors'
export { SignedInTokens } from './signedInTokens'
export type { Seed, SignedInOptions, SignInStatus, Tokens } from './signedInTokens'
export { ClientTokens, noTokens } from './clientTokens'
