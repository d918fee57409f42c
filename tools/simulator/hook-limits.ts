/** Longest run of a function. Source: AWS Lambda Developer Guide, "Lambda quotas". */
export const MAX_RUN_MS = 900_000
