//! Says a lasting failure once, not twice a second.

/// What was complained about last.
#[derive(Debug, Default)]
pub(crate) struct Complaint(String);

impl Complaint {
    /// Whether `failure` differs from the one before it; then it is worth a line.
    pub(crate) fn is_new(&mut self, failure: &str) -> bool {
        let new = self.0 != failure;
        if new {
            failure.clone_into(&mut self.0);
        }
        new
    }

    /// It works: the next failure is news, in whatever words.
    pub(crate) fn settle(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_news_once_until_it_is_over() {
        let mut complaint = Complaint::default();
        assert!(complaint.is_new("full") && !complaint.is_new("full"));
        assert!(complaint.is_new("gone") && complaint.is_new("full"));
        complaint.settle();
        assert!(complaint.is_new("full"));
    }
}
