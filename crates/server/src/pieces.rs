//! Replies of several pieces, which are sent as they are instead of being copied into one.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;

/// Smaller bodies are cheaper in one piece.
const WORTH_SHARING_BYTES: usize = 16 << 10;

/// A body whose pieces may be shared with a cache and with other replies.
pub(crate) struct Pieces<const N: usize>(pub(crate) [Bytes; N]);

impl<const N: usize> Pieces<N> {
    pub(crate) fn concat(&self) -> Vec<u8> {
        self.0.concat()
    }

    fn length(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }
}

impl<const N: usize> IntoResponse for Pieces<N> {
    fn into_response(self) -> Response {
        let length = self.length();
        if length < WORTH_SHARING_BYTES {
            return self.concat().into_response();
        }
        let pieces = stream::iter(self.0.map(Ok::<_, Infallible>));
        let length = HeaderValue::from(length);
        ([(CONTENT_LENGTH, length)], Body::from_stream(pieces)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_body_is_the_same_in_one_piece_and_in_several() {
        for middle in [10, WORTH_SHARING_BYTES] {
            let middle = Bytes::from(vec![b'x'; middle]);
            let pieces = Pieces([Bytes::from_static(b"{"), middle, Bytes::from_static(b"}")]);
            let expected = pieces.concat();
            let body = pieces.into_response().into_body().collect().await.unwrap().to_bytes();
            assert_eq!(body, expected);
        }
    }
}
