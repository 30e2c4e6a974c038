const MAX_URL = 2048;

/**
 * A web address in its parsed form, in which every reader sees the same host: in `https://zoom.us\@other.example/` one sees
 * zoom.us and the next other.example.
 * @returns null for what is not http or https, carries a user name or password, is too long, or holds blanks
 */
export function parseWebUrl(text: string): string | null {
  if (text.length > MAX_URL || /[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return null;
  const { protocol, username, password, href } = new URL(text);
  const plain = ["http:", "https:"].includes(protocol) && username === "" && password === "";
  return plain && href.length <= MAX_URL ? href : null;
}
