import { useRejections } from '@vibestack/client/react';

/** Changes that the server refused: what, why, and a way to put the notice away. */
export function Rejections() {
  const { rejections, dismiss } = useRejections();
  if (rejections.length === 0) return null;
  return (
    <ul className="rejections" role="alert">
      {rejections.map((rejection) => (
        <li key={`${rejection.clientId}:${rejection.id}`}>
          <span>
            <strong>A change was not accepted.</strong> {rejection.error.message}{' '}
            <small>{[...new Set(rejection.ops.map(({ op, table }) => `${op} ${table}`))].join(', ')}</small>
          </span>
          <button
            type="button"
            onClick={() => {
              dismiss(rejection);
            }}
          >
            Dismiss
          </button>
        </li>
      ))}
    </ul>
  );
}
