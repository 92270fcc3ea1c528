/** What of a broker's address is a secret, and the address without it. */

/** Stands for a secret in whatever is written. */
export const HIDDEN = "***";

/** References to environment variables and nothing else: no secret stands there. */
const REFERENCES_ONLY = /^(?:\$\{\w+\})+$/;

/** Names of options and parameters that hold secrets. */
export const SECRET_NAME =
  /pass(?:word|wd|phrase)?$|^pwd$|secret|token|credential|api.?key|access.?key|private.?key|authorization|signature/i;

const PARAMETER = /([?&;])([^=&;#]+)=([^&;#]*)/g;

/** The part of an address before its host; a password with a raw `/`, `?`, `#` or `@` reaches to the last `@`. */
interface UserInfo {
  readonly before: string;
  readonly user: string;
  /** `null` where there is only one part. */
  readonly password: string | null;
  readonly after: string;
  /** Whether a user alone is a token: in some schemes; and who knows what it is where there is no scheme. */
  readonly tokenAlone: boolean;
}

function userInfoOf(url: string): UserInfo | null {
  const [before = ""] = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.exec(url) ?? [];
  const rest = url.slice(before.length);
  const authority = rest.split(/[/?#]/, 1)[0] ?? "";
  const path = rest.slice(authority.length).split("?", 1)[0] ?? "";
  const inAuthority = authority.includes("@") && !path.includes("@");
  const end = inAuthority ? authority.lastIndexOf("@") : rest.lastIndexOf("@");
  if (end < 0) return null;
  const info = rest.slice(0, end);
  const colon = info.indexOf(":");
  return {
    before,
    user: colon < 0 ? info : info.slice(0, colon),
    password: colon < 0 ? null : info.slice(colon + 1),
    after: rest.slice(end + 1),
    tokenAlone: before === "" || /^(?:nats|tls):/i.test(before),
  };
}

/** An address as it may be written down: `redis://user:***@host`; references such as `${PASSWORD}` stay. */
export function shownUrl(url: string): string {
  const info = userInfoOf(url);
  const shown = info === null ? url : `${info.before}${shownUser(info)}@${info.after}`;
  return shown.replaceAll(PARAMETER, (whole, mark: string, name: string, value: string) =>
    SECRET_NAME.test(name) ? `${mark}${name}=${shownValue(value)}` : whole,
  );
}

function shownUser({ user, password, tokenAlone }: UserInfo): string {
  if (password !== null) return `${user}:${password === "" ? "" : shownValue(password)}`;
  return tokenAlone ? shownValue(user) : user;
}

const shownValue = (value: string): string => (REFERENCES_ONLY.test(value) ? value : HIDDEN);

/** The secrets in an address, as written and as a client decodes them. */
export function secretsOfUrl(url: string): string[] {
  const info = userInfoOf(url);
  const secret = info?.password ?? (info?.tokenAlone ? info.user : null) ?? "";
  const parameters = [...url.matchAll(PARAMETER)].flatMap(([, , name = "", value = ""]) =>
    SECRET_NAME.test(name) ? [value] : [],
  );
  // Whoever reads an address with a raw `#` or `@` in its password tells a piece of it.
  const pieces = secret.split(/[#/?@:]/);
  return [secret, ...pieces, ...parameters].flatMap(formsOf);
}

/** A secret as it may come back: as it is, decoded, encoded in either case of the digits, and inside of JSON. */
export function formsOf(secret: string): string[] {
  const decoded = decode(secret);
  const encoded = encodeURIComponent(decoded.toWellFormed());
  const lower = encoded.replaceAll(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase());
  const likeUrl = URL.canParse(`a://:${secret}@a`) ? new URL(`a://:${secret}@a`).password : secret;
  const plain = [secret, decoded, encoded, lower, likeUrl];
  return [...new Set([...plain, ...plain.map((form) => JSON.stringify(form).slice(1, -1))])];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Addresses with a password, whoever wrote them: the password is replaced. */
export const hideInUrls = (text: string): string =>
  text.replaceAll(
    /\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'<>]*):([^\s"'<>/@]+)@/gi,
    (whole, before: string, secret: string) => (REFERENCES_ONLY.test(secret) ? whole : `${before}:${HIDDEN}@`),
  );
