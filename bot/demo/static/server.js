// The line to the demo's server: what changed comes down as events, what is done goes up as requests.

/** Ask the server to do something; returns what it holds against it, or nothing. */
export async function ask(action, details = {}) {
  try {
    const answer = await fetch(`/do/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(details),
    });
    return answer.ok ? undefined : (await answer.json()).error || answer.statusText;
  } catch (failure) {
    return String(failure);
  }
}

/** Call `changed` with every bundle of changed sections; the first one after each connection has all of them. */
export function listen(changed, connected) {
  const events = new EventSource("/events");
  events.onopen = () => connected(true);
  events.onerror = () => connected(false);
  events.onmessage = (event) => changed(JSON.parse(event.data));
}
