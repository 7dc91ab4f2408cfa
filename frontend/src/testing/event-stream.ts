import { HttpResponse } from "msw";

/** A server-sent event stream that a test writes to, as slowly as it likes. */
export class EventStream {
  private writers: ReadableStreamDefaultController<Uint8Array>[] = [];
  private sent = 0;
  /** The Last-Event-ID of each connection, null for one that starts anew. */
  readonly connections: (string | null)[] = [];

  constructor(private readonly firstEvents: () => [string, unknown][] = () => []) {}

  connect(request: Request): Response {
    this.connections.push(request.headers.get("Last-Event-ID"));
    const body = new ReadableStream<Uint8Array>({
      start: (writer) => {
        this.writers.push(writer);
      },
    });
    const response = new HttpResponse(body, { headers: { "Content-Type": "text/event-stream" } });
    for (const [event, data] of this.firstEvents()) this.send(event, data);
    return response;
  }

  /** Send to the connection that is open now. */
  send(event: string, data: unknown): void {
    this.sent += 1;
    const text = `event: ${event}\nid: ${this.sent}-0\ndata: ${JSON.stringify(data)}\n\n`;
    this.writers.at(-1)?.enqueue(new TextEncoder().encode(text));
  }

  /** Break the connection that is open now. */
  drop(): void {
    this.writers.at(-1)?.error(new Error("connection lost"));
  }
}
