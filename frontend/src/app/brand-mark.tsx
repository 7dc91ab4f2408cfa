/** A speech bubble in the accent; the name beside it says the rest. */
export function BrandMark() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#1d6f7c" />
      <path
        d="M8.5 10h15v10.5h-8l-4 3.8v-3.8h-3z"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinejoin="round"
      />
    </svg>
  );
}
