/** The people of the team: photos, or initials where there is none. */
import { gettext, interpolate } from "../shared/i18n";
import type { Author } from "../shared/protocol";

export function Face({ person, size = "" }: { person: Author; size?: string }) {
  if (person.photo) return <img class={`face ${size}`} src={person.photo} alt="" width={32} height={32} />;
  return (
    <span class={`face face-${person.tint} ${size}`} aria-hidden="true">
      {person.initials}
    </span>
  );
}

export function Faces({ people, size = "" }: { people: Author[]; size?: string }) {
  return (
    <span class="face-stack">
      {people.map((person) => (
        <Face key={person.name} person={person} size={size} />
      ))}
    </span>
  );
}

/** Alice, Bob and Carol. */
export function names(people: Author[]): string {
  const all = people.map((person) => person.name);
  const last = all.pop() ?? "";
  if (all.length === 0) return last;
  return interpolate(gettext("%(first)s and %(last)s"), { first: all.join(", "), last });
}
