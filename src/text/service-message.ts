/**
 * A message without what names one request: `(Service: AmazonECS; Status Code: 400; Error Code: X; Request ID: …; Proxy:
 * null)`, which CodeDeploy takes over from the AWS SDK for Java (observed). The report has it whole.
 */
export function withoutRequest(message: string): string {
  return message
    .replace(/\(Service: [^()]{0,100}?Error Code: (\w{1,100});[^()]{0,300}\)/g, '($1)')
    .replace(/\.? ?\(?\b(?:Request ?ID|RequestId): ?[\w-]{8,80}(?:; Proxy: \w{1,20})?\)?/gi, '')
    .replace(/\.? Check your ECS service status\.?$/, '.')
}

export function withoutFullStop(text: string): string {
  return text.replace(/[.\s]+$/, '')
}
