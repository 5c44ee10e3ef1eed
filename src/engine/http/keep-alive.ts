/**
 * The options of an agent whose connections are kept alive. The system probes an idle connection after a minute, which is what axios requests for each
 * socket that it uses. With another time, Node would change the options of the socket twice for each request.
 */
export const KEEP_ALIVE = { keepAlive: true, keepAliveMsecs: 60_000 };
