const steps = ['Choose an account', 'Verify your identity', 'Start banking']

/** Where the person is on the way to an account. */
export function Steps({ isVerified }: { isVerified: boolean }) {
  const current = isVerified ? 2 : 1
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step, index) => (
        <li
          key={step}
          data-state={index < current ? 'done' : index === current ? 'current' : 'later'}
          aria-current={index === current ? 'step' : undefined}
        >
          {step}
          {index < current && <span className="unseen"> (done)</span>}
        </li>
      ))}
    </ol>
  )
}
