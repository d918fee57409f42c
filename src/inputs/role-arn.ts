/** The ARN of an IAM role. Source: IAM User Guide, "IAM identifiers", and API Reference, CreateRole: path and name. */
export const ROLE_ARN = /^arn:(aws[\w-]*):iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/
