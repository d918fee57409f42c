const ID_PATTERNS = [
  // UUIDs, such as request ids.
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  // What is called an id, whatever it is made of: `request id: …`, `RequestID: …`, `HostID: …`.
  /(?<=\b(?:request|host|trace|session|x-amzn-requestid)[ -]?id["']?[:=]? ?["']?)[\w+/=-]{6,}/gi,
  // The session of an assumed role, which ECS names after the task.
  /(?<=\bassumed-role\/[\w+=,.@-]{1,64}\/)[\w+=,.@-]+/g,
  // Ids of tasks, digests and the like; what has letters only is a word.
  /\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi,
  // Ids of AWS resources: `i-0abc…`, `eni-…`, `d-A1B2C3D4E`, `ecs-svc/123…`.
  /\b(?:i|eni|subnet|vpc|d|ecs-svc)[-/](?=[\w]*\d)\w{6,}/g,
  // Addresses, with their ports; and ports that ECS gives out.
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g,
  /(?<=\bport )\d+/gi,
  // Times, and numbers that are too long for anything else.
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?\b/g,
  /\b\d{5,}\b/g,
]

/**
 * What texts of AWS have in common that differ only in what is another for every task, instance or request: ids,
 * addresses, times, session names. It is to compare texts with; what people read is one of the texts.
 */
export function withoutIds(text: string): string {
  return ID_PATTERNS.reduce((rest, pattern) => rest.replace(pattern, '…'), text)
}
