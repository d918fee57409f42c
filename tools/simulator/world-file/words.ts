import type { Pattern } from './section.ts'

/** Names as AWS takes them. Sources: ECS API Reference; CodeDeploy User Guide, limits; Lambda and IAM API References. */
export const ECS_NAME: Pattern = {
  matches: /^[A-Za-z0-9_-]{1,255}$/,
  words: "a name of up to 255 letters, digits, '-' and '_'",
}

export const CODE_DEPLOY_NAME: Pattern = {
  matches: /^[A-Za-z0-9._+=,@-]{1,100}$/,
  words: 'a name of up to 100 letters, digits and . _ + = , @ -',
}

export const FUNCTION_NAME: Pattern = {
  matches: /^[A-Za-z0-9_-]{1,64}$/,
  words: "a name of up to 64 letters, digits, '-' and '_'",
}

export const ROLE_NAME: Pattern = {
  matches: /^[\w+=,.@-]{1,64}$/,
  words: 'a name of up to 64 letters, digits and _ + = , . @ -',
}

export const REVISION: Pattern = { matches: /^[A-Za-z0-9_-]{1,255}:[1-9]\d*$/, words: "'family:revision'" }

export const ACCOUNT: Pattern = { matches: /^\d{12}$/, words: 'twelve digits in quotes' }

export const REGION: Pattern = { matches: /^[a-z]{2,8}(-[a-z]+)+-\d$/, words: "a region such as 'us-east-1'" }

export const PLATFORM_VERSION: Pattern = {
  matches: /^(LATEST|\d+\.\d+\.\d+)$/,
  words: "LATEST or a version such as '1.4.0'",
}
