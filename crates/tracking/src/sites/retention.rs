//! What may be said of how long something is kept. Pure.

use super::Refusal;
use ut_core::site::Retention;

/// Everything that is wrong with it.
pub(super) fn wrong(retention: &Retention) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let months = [("events", retention.events), ("sums", retention.sums), ("personal", retention.personal)];
    for (field, months) in months {
        if !Retention::MONTHS.contains(&months) {
            let (least, most) = (Retention::MONTHS.start(), Retention::MONTHS.end());
            refusals.push(out_of_range(field, format!("is {least} to {most} months, not {months}")));
        }
    }
    if !Retention::YEARS.contains(&retention.receipts) {
        let (least, most) = (Retention::YEARS.start(), Retention::YEARS.end());
        let message = format!("is {least} to {most} years, not {}", retention.receipts);
        refusals.push(out_of_range("receipts", message));
    }
    if refusals.is_empty() && retention.sums < retention.events {
        let Retention { sums, events, .. } = retention;
        let message =
            format!("sums are kept at least as long as events: {sums} months are fewer than {events}");
        refusals.push(Refusal::new("retention.sums", "shorter_than_events", message));
    }
    refusals
}

fn out_of_range(field: &str, message: String) -> Refusal {
    Refusal::new(format!("retention.{field}"), "out_of_range", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        let usual = Retention::default();
        let said = |retention: Retention| {
            let refusals = wrong(&retention);
            refusals
                .into_iter()
                .map(|refusal| format!("{} {}", refusal.field, refusal.code))
                .collect::<Vec<_>>()
        };
        assert_eq!(said(usual), [""; 0]);
        assert_eq!(said(Retention { events: 1, sums: 1, personal: 120, receipts: 10 }), [""; 0]);
        assert_eq!(said(Retention { events: 26, ..usual }), ["retention.sums shorter_than_events"]);
        assert_eq!(
            said(Retention { events: 0, sums: 121, personal: 0, receipts: 11 }),
            ["events", "sums", "personal", "receipts"].map(|field| format!("retention.{field} out_of_range"))
        );
    }
}
