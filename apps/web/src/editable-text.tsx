import { useState } from 'react';

interface EditableTextProps {
  readonly value: string;
  readonly label: string;
  readonly maxLength: number;
  readonly onSave: (next: string) => void;
}

/** Text that becomes an input when it is clicked. Enter or leaving saves, Escape does not. */
export function EditableText({ value, label, maxLength, onSave }: EditableTextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <button
        type="button"
        className="editable"
        onClick={() => {
          setDraft(value);
        }}
      >
        {value}
      </button>
    );
  }
  const save = () => {
    setDraft(null);
    const next = draft.trim();
    if (next !== '' && next !== value) onSave(next);
  };
  return (
    <input
      className="editable"
      aria-label={label}
      value={draft}
      maxLength={maxLength}
      autoFocus
      onChange={(event) => {
        setDraft(event.target.value);
      }}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}
